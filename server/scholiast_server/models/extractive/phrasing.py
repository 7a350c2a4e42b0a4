"""Turns of phrase: a doc sentence as a clause about its definition, lists, numbers; knows no evidence.

Doc comments open in three ways: a command (`Return the …`), a statement (`Returns the …`, `Execute uses the
…`) or a noun phrase (`The factory of …`). Each becomes a clause that can follow `X`; anything else stays a
quotation.
"""

from __future__ import annotations

import re

from scholiast_server.models.sentences import word_set

_VERBS = word_set(
    """
    accept access acquire activate adapt add adjust advance allocate allow analyze append apply assert
    assign associate attach attempt authenticate authorize await begin bind block break bring build cache
    calculate call cancel capture cast change check choose clean clear clone close collect combine commit
    compare compile complete compute configure confirm connect construct consume contain continue control
    convert copy count create customize deactivate deallocate declare decode decorate decrease define
    delegate delete deliver dequeue describe deserialize destroy detach detect determine disable discard
    disconnect dispatch display do download draw drop dump emit enable encapsulate encode encrypt end
    enforce enqueue ensure enter enumerate escape establish evaluate examine exclude execute exit expand
    expect explain export expose extend extract fail fetch fill filter finalize find finish fire flatten
    flush force forget format forward free generate get give go grab group guarantee guess handle hash help
    hide hold identify ignore implement import improve include increase increment indicate infer inherit
    init initialise initialize inject insert inspect install instantiate intercept interpret invalidate
    invoke iterate join keep kill launch lead leave let limit link list listen load locate lock log look
    lower maintain make manage map mark match merge migrate modify monitor move negotiate normalize notify
    obtain offer open operate optimize order output override pack parse pass patch pause perform persist
    pick ping place poll pop populate post prepare prepend preprocess present preserve prevent print process
    produce promote propagate protect provide publish pull purge push put query queue quote raise read
    rebuild receive recompute reconnect record recover redirect reduce refer refresh register reject release
    reload remember remove rename render reopen repeat replace reply report represent request require
    reserve reset resize resolve respond restart restore restrict resume retrieve retry return reuse reverse
    revert rewrite roll rotate round route run sanitize save scan schedule search select send serialize
    serve set setup share shift show shut shuffle signal simulate skip sleep sort spawn specify split start
    stop store stream strip submit subscribe substitute subtract succeed supply support suspend swap switch
    synchronize take tell terminate test throw tokenize toggle trace track transform translate traverse
    trigger trim truncate try turn undo unescape uninstall unlock unpack unregister unsubscribe unwrap
    update upload use validate verify visit wait walk warn watch wrap write yield
    """
)
_NOUN_OPENERS = re.compile(
    r"^(?:an?|the|this|these|any|one|each|list|map|set|array|number|name|type|base|default|internal|abstract|optional|"
    r"whether|true|callback|function|class|method|struct|interface|handle|wrapper|helper|factory|container|represents)\b",
    re.I,
)
_THIS_IS = re.compile(
    r"^(?:(?:This|The)\s+(?:class|function|method|module|type|struct|interface|trait|macro|object|decorator|helper|"
    r"package|middleware|handler|file|option|routine)|This)\s+(?P<verb>is|are|can|will|may|must|should|has|does|was|allows|[a-z]+s)\s+(?P<rest>.+)$",
    re.S,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|will|can|must|should|may|does|do"
    r"|[a-z]{3,}s (?=the |an? |all |that |it |this ))\b"
)
"""A verb that makes a sentence of what opens like a noun phrase: `The object implements a …`."""

_FOR_THE_CALLER = re.compile(
    r"^(?:pass(?:es)?\b|(?:use|call|set|override|implement|invoke|specify|provide|import|see|consider|prefer|avoid)\s+"
    r"(?:this|these|it|with|when|to|as|if|in|for)\b)",
    re.I,
)
"""`Pass true to freeze all copies` tells the reader what to do, not what the definition does."""
_AUXILIARIES = word_set("is are was were has have had will would can could may might must should does do did")
_AFTER_PARTICIPLE = word_set(
    """
    after as at before between by during each every for from if in inside into on once only over so that through to
    under until upon when whenever where whether while with within without
    """
)
_PREPOSITIONS = word_set("for of in on at to with from by as that which and or")

CLAUSE_CHARACTERS_MAX = 230
"""Longer sentences of a doc comment are cut at a comma, a semicolon or a word."""


def is_verb(word: str) -> bool:
    """Whether a base form, or a form in -s, -ed or -ing of it, is one that doc comments open with."""
    word = word.lower()
    return any(base in _VERBS for base in _bases(word))


def third_person(verb: str) -> str:
    """`register` → `registers`, `match` → `matches`, `copy` → `copies`."""
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def clause(sentence: str, name: str, *, verbs_only: bool = False) -> str | None:
    """What the sentence says of `name`, fit to follow it: `decorates a view …`, `is a factory …`; None if it
    can't be.

    A later sentence of a doc comment may open with another subject: `verbs_only` takes no noun phrase for a
    predicate.
    """
    text = shorten(sentence).rstrip(" .:;")
    first, _, rest = text.partition(" ")
    last_name = name.rpartition(".")[2]
    if _FOR_THE_CALLER.match(text):
        return None
    if first.strip("`()").rpartition(".")[2].rpartition("::")[2] == last_name:
        if _is_predicate(rest):
            return rest
        if first[:1].isupper():  # `Query parameter of the URL`
            return None
    if match := _THIS_IS.match(text):
        return f"{match['verb']} {match['rest']}"
    word = first.rstrip(",").lower()
    if not first[:1].isupper() and not first.islower():
        return None
    if rest.startswith("of "):  # `List of names`, `Sets of names`
        return None
    if word in _VERBS and rest:
        if first.endswith(","):
            return None
        return f"{third_person(word)} {_agree(rest)}"
    if is_verb(word) and word.endswith("s") and rest:
        return f"{word} {rest}"
    if (
        word.endswith("ed")
        and is_verb(word)
        and _follows_participle(rest)
        and not rest.startswith(("by default", "from"))
    ):
        return f"is {_lowered(text)}"
    return None if verbs_only else _noun_clause(text)


def shorten(sentence: str, limit: int = CLAUSE_CHARACTERS_MAX) -> str:
    """The sentence, or its beginning up to a comma or word border, never inside code."""
    if len(sentence) <= limit:
        return sentence
    head = sentence[:limit]
    for border in ("; ", ", ", " – ", " - ", ". ", " "):
        cut = head.rfind(border, limit // 2)
        if cut > 0:
            head = head[:cut]
            break
    if head.count("`") % 2:
        head = head[: head.rindex("`")]
    if head.count("(") > head.count(")"):
        head = head[: head.rindex("(")]
    return re.sub(r"[\s,;:–-]+$|\s(?:and|or|the|a|an|of|to|for|with|in|by|that|which)$", "", head) + " …"


def listing(items: list[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def article(noun: str) -> str:
    """`a method`, `an interface`."""
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"


def capitalised(text: str) -> str:
    """The text with a capital first, code left as it is."""
    return text[:1].upper() + text[1:]


def _follows_participle(rest: str) -> bool:
    """Whether it makes a passive of the word before: `called before …`, but not `prevented attack`."""
    first = rest.partition(" ")[0]
    return first in _AFTER_PARTICIPLE or first.endswith("ly")


def _is_predicate(text: str) -> bool:
    """Whether what follows a name goes on with its verb: `uses the arguments`, but not `class for all of them`."""
    first, _, rest = text.partition(" ")
    if first.lower() in _AUXILIARIES:
        return True
    is_third = first.islower() and first.endswith("s") and not first.endswith("ss")
    return is_third and (is_verb(first) or rest.partition(" ")[0] not in _PREPOSITIONS)


def _noun_clause(text: str) -> str | None:
    if _NOUN_OPENERS.match(text) and not re.match(r"^(?:this|these|each|any|one|represents)\b", text, re.I):
        if text.lower().startswith(("whether", "true")):
            return f"tells {_lowered(text)}" if text.lower().startswith("whether") else None
        has_article = re.match(r"^(?:an?|the)\b", text, re.I)
        clause = text.split(",", maxsplit=1)[0]
        if _is_verb_behind_a_noun(clause):
            return None
        is_a_sentence = _FINITE.search(clause)
        if is_a_sentence and not re.search(r"\b(?:that|which|who|where|when|if)\b", text[: is_a_sentence.start()]):
            return None
        if has_article:
            return f"is {_lowered(text)}"
    return None


def _is_verb_behind_a_noun(clause: str) -> bool:
    """`A signer securely signs bytes`, `A schema maps data into structs`: sentences of their own."""
    if re.match(r"^(?:\S+\s+){1,3}\w+ly\s+[a-z]{3,}s\b", clause):
        return True
    words = clause.split()
    return any(
        word.islower() and word.endswith("s") and not word.endswith("ss") and is_verb(word) and place < len(words) - 1
        for place, word in enumerate(words[2:4], start=2)
        if words[place - 1].lower() not in _PREPOSITIONS and words[place + 1 : place + 2] != ["of"]
        if words[place + 1 : place + 2] and words[place + 1].lower() not in _PREPOSITIONS
    )


def _agree(rest: str) -> str:
    """`and return x` after a verb in the third person becomes `and returns x`."""
    return re.sub(
        r"\b(and|or|then|and then)\s+([a-z]+)\b(?=\s+(?:the|a|an|it|its|them|this|that|all|any|each|`))",
        lambda m: f"{m[1]} {third_person(m[2])}" if m[2] in _VERBS else m[0],
        rest,
    )


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _bases(word: str) -> tuple[str, ...]:
    forms = [word]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    for ending in ("es", "s", "ed", "d", "ing"):
        if word.endswith(ending):
            root = word[: -len(ending)]
            forms += [root, root + "e"]
            if len(root) > 2 and root[-1] == root[-2]:
                forms.append(root[:-1])
    return tuple(forms)
