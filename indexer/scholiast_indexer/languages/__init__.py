"""What each language looks like: its files, its grammar, its definitions; must not know about files on disk."""

from scholiast_indexer.languages.detect import detect
from scholiast_indexer.languages.table import LANGUAGES, Language

__all__ = ["LANGUAGES", "Language", "detect"]
