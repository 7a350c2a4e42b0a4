"""The adapters of one loaded model: loaded when first wanted, put in force, let go. Must not know requests.

llama.cpp is not shown an adapter that the check refuses: it ends the process over some of them.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import Any

import llama_cpp

from scholiast_server.errors import AdapterError
from scholiast_server.models.llama.adapter_check import check_adapter
from scholiast_server.models.llama.header import FileState, Header, HeaderError, file_state
from scholiast_server.models.llama.loading import reason
from scholiast_server.models.llama.wire import Adapter

LOADED_MAX = 8
"""Adapters kept at hand that are not in force; past it the one that was in force least lately is let go."""


class Loras:
    """For the thread of its model alone."""

    def __init__(self, llama: llama_cpp.Llama, base: Header, base_name: str) -> None:
        """
        Args:
            llama: The model that they are for.
            base: The header of its file.
            base_name: What to call it in messages.
        """
        self._llama = llama
        self._base = base
        self._base_name = base_name
        self._loaded: dict[FileState, Any] = {}
        """The one used last at the end."""
        self._in_force: tuple[tuple[FileState, float], ...] = ()

    def put_in_force(self, adapters: Sequence[Adapter]) -> bool:
        """These and no others from now on; whether that changes anything.

        Raises:
            AdapterError: One is not for this model; those in force stay.
        """
        wanted = tuple((_state(adapter.path), adapter.scale) for adapter in adapters)
        if wanted == self._in_force:
            return False
        pointers = [self._pointer(file) for file, _ in wanted]
        count = len(wanted)
        refused = llama_cpp.llama_set_adapters_lora(
            self._llama._ctx.ctx,
            (llama_cpp.llama_adapter_lora_p_ctypes * count)(*pointers),
            count,
            (ctypes.c_float * count)(*(scale for _, scale in wanted)),
        )
        if refused:
            raise AdapterError("llama.cpp does not take these adapters together")
        self._in_force = wanted
        self._let_go()
        return True

    def _pointer(self, file: FileState) -> Any:
        if file not in self._loaded:
            check_adapter(file.path, self._base, self._base_name)
            reason("")
            loaded = llama_cpp.llama_adapter_lora_init(self._llama._model.model, os.fsencode(file.path))
            if not loaded:  # a NULL pointer is an object, not None
                raise AdapterError(f"the adapter {file.path} can't be loaded: {reason('llama.cpp does not take it')}")
            self._loaded[file] = loaded
        self._loaded[file] = self._loaded.pop(file)
        return self._loaded[file]

    def _let_go(self) -> None:
        in_force = {file for file, _ in self._in_force}
        idle = [file for file in self._loaded if file not in in_force]
        for file in idle[: max(0, len(idle) - LOADED_MAX)]:
            llama_cpp.llama_adapter_lora_free(self._loaded.pop(file))


def _state(path: str) -> FileState:
    try:
        return file_state(path)
    except HeaderError as error:
        raise AdapterError(f"the adapter {path} {error}") from error
