"""What ends the search for one module; the run goes on."""

from __future__ import annotations


class RemoteError(Exception):
    """A module cannot be had. The message reads after "not downloaded: ", and never holds a credential."""
