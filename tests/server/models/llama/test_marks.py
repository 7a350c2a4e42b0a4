"""Marks of chat templates, and texts that spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.models.llama.marks import apart, marks_in

LAYOUTS = {
    "chatml": (["<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"],
               {"<|im_start|>", "<|im_end|>"}),
    "llama 2": (["<s>[INST] <<SYS>>\n", "\n<</SYS>>\n\n", " [/INST]"],
                {"<s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"}),
    "gemma": (["<bos><start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n"],
              {"<bos>", "<start_of_turn>", "<end_of_turn>"}),
    "alpaca": (["", "\n\n### Instruction:\n", "\n\n### Response:\n"], {"### Instruction:", "### Response:"}),
    "vicuna": (["", "\n\nUSER: ", "\nASSISTANT:"], {"USER:", "ASSISTANT:"}),
    "deepseek": (["<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>"],
                 {"<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>"}),
    "plain": (["", "\n", "\n"], set()),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_marks_of_a_template_are_known(name: str) -> None:
    fragments, marks = LAYOUTS[name]
    assert marks_in(fragments) == marks


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_part_of_a_text_spells_a_mark(name: str) -> None:
    fragments, _ = LAYOUTS[name]
    marks = marks_in(fragments)
    text = "".join(fragments) * 3 + "code[0] < 3 > [x]"
    parts = apart(text, marks)
    assert "".join(parts) == text
    assert not any(mark in part for part in parts for mark in marks)
    assert len(parts) > 3 or not marks


PARTS = ["[I", "NST]", "[INST]", "<<SYS", ">>", "<", ">", "[", "]", "a", " ", "USER:"]


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_any_text_is_taken_apart_and_stays_the_same(text: str) -> None:
    marks = frozenset({"[INST]", "<<SYS>>", "<S>", "USER:", "[[a]"})
    parts = apart(text, marks)
    assert "".join(parts) == text
    assert not any(mark in part for part in parts for mark in marks)


def test_other_text_stays_whole() -> None:
    assert apart("def f(x): return [x] < 3", marks_in(LAYOUTS["chatml"][0])) == ["def f(x): return [x] < 3"]
