"use strict";

const operations = document.getElementById("operations");

SwaggerUIBundle({
  domNode: operations,
  url: operations.dataset.document,
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tagsSorter: "alpha",
  tryItOutEnabled: true,
});
