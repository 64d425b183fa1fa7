"""The Experience API's requirements, in both versions, over HTTP."""
