"""Certificates: what somebody completed, numbered without gaps, for anybody to verify."""
