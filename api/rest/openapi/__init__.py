"""The OpenAPI 3.1 document, made from the declarations of the routes and their types."""

from api.rest.openapi.document import openapi_document

__all__ = ["openapi_document"]
