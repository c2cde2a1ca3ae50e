"""The files of a run as documents: each is read and parsed once, whoever asks for it."""

from __future__ import annotations

from collections.abc import Container, Iterator

from finops_gate.model import Notice
from finops_gate.sources.documents import Document, read_documents
from finops_gate.sources.files import Tree, Unreadable


class Files:
    """A tree's files as documents, by path."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._documents: dict[str, list[Document]] = {}

    def documents(self, path: str) -> list[Document]:
        """The documents of a file; of one that cannot be read, a single broken document that says why."""
        if path not in self._documents:
            try:
                self._documents[path] = read_documents(self.tree.read_text(path), path, templates=True)
            except Unreadable as unreadable:
                self._documents[path] = [Document(None, (unreadable.notice,), True)]
        return self._documents[path]

    def notices(self, paths: Container[str]) -> Iterator[Notice]:
        """What is said about some of the files that have been read so far."""
        for path, documents in self._documents.items():
            if path in paths:
                yield from (notice for document in documents for notice in document.notices)

    def may_hold_objects(self, path: str) -> bool:
        """Whether a file needs reading: most JSON of a repository is of others, and need not even be valid."""
        return not path.endswith(".json") or self.names_objects(path)

    def names_objects(self, path: str) -> bool:
        """Whether a text has the words that no object does without; a file that is no text may have them."""
        try:
            text = self.tree.read_text(path)
        except Unreadable:
            return True
        return "apiVersion" in text and "kind" in text
