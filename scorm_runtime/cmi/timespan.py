"""Lengths of time: CMITimespan of SCORM 1.2, seconds, and ISO 8601 as xAPI writes it."""


def seconds_of(timespan: str) -> float:
    """The seconds in a CMITimespan (`HHHH:MM:SS.SS`); "" is none."""
    if not timespan:
        return 0.0
    hours, minutes, seconds = timespan.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def timespan_of(seconds: float) -> str:
    """Seconds as a CMITimespan; 9999 hours is the most it can say."""
    hundredths = min(round(seconds * 100), 9999 * 360_000 + 359_999)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:04d}:{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"


def duration_of(seconds: float) -> str:
    """Seconds as an ISO 8601 duration with a precision of 0.01 seconds."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest % 100:02d}" if rest % 100 else ""
    text = f"{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes else ''}"
    if rest or not text:
        text += f"{rest // 100}{fraction}S"
    return f"PT{text}"
