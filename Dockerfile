FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md ./
COPY lrs lrs
COPY scorm_runtime scorm_runtime
COPY content content
COPY api api
RUN python -m venv /opt/lyceum \
    && /opt/lyceum/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /var/lib/lyceum lyceum \
    && install -d -o lyceum /var/lib/lyceum/data
COPY --from=build /opt/lyceum /opt/lyceum
USER lyceum
WORKDIR /var/lib/lyceum
ENV PATH=/opt/lyceum/bin:$PATH
ENV LYCEUM_HOST=0.0.0.0 LYCEUM_DATA=/var/lib/lyceum/data LYCEUM_LOG_FORMAT=json
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["/opt/lyceum/bin/python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('LYCEUM_PORT', '8080') + '/health/ready', timeout=4)"]
ENTRYPOINT ["/opt/lyceum/bin/lyceum"]
CMD ["serve"]
