"""Turns collected price facts into the catalogue's rows: one module for each provider."""
