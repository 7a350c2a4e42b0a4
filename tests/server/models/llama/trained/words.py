"""Words that the names of made-up code consist of; which of them a model is trained on must not depend on anything."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

HELD_OUT_ONE_IN = 8

_LISTED = """
    abort accept access account action active actor adapt add address agent alarm alert alias align allow anchor angle
    answer append apply archive area argument array arrow asset assign async atlas atom attach audit author avatar
    await badge balance band banner base basket batch beacon bind bird blank blend block bloom board body bond book
    border bottle bound branch brick bridge brief bright broker bucket buffer build bundle button bypass cabin cache
    call camera cancel candle canvas capture card cargo carry cart case cast catalog cell center chain channel chapter
    charge chart check chunk cipher circle claim clamp class clean clear client clock clone close cloud cluster code
    collect color column combine command commit compare compile concat config connect console contact content context
    convert cookie copy coral core corner count cover craft create credit crop cross cursor cycle daemon data date
    debug decode default defer delay delete delta demand depth derive design detach detect device dialog digest direct
    discard dispatch display divide document domain draft drain draw drive drop dump echo edge edit effect element
    emit empty enable encode engine enter entity entry enum error escape estimate event exact except execute exit
    expand expect expire export extend extra extract fabric factor fail fallback feature feed fetch field figure file
    fill filter final find fix flag flame flat flight float flow flush focus fold folder follow force forest fork form
    format forward frame free fresh front fuse garden gate gather gauge get ghost glide global glyph grain graph grid
    group grow guard guess guide handle harbor hash head heap hello hidden hint history hold hook horizon host hover
    icon ignore image impact import inbox index infer info inject inner input insert inspect install invoice island
    item iterate jacket join journal judge jump junction keep kernel key kind label lane lantern last launch layer lead
    leaf league learn ledger lend length level lever library lift light limit line link list listen load local locate
    lock log logic lookup loop magnet mail main make manage map margin mark mask match matrix measure meet member
    memory menu merge message meter method metric middle mirror mode model module monitor mount move name native nest
    network node normal note notice number object observe offer offset open operate orbit order origin outer output
    owner pack page paint pair palette panel parent parse part pass patch path pattern pause payload peek period permit
    person phase pick pilot pipe pivot pixel place plain plan planet plate play plot plug point poll pool pop port post
    power prefix prepare press price print probe process product profile project promise prompt proof proxy publish
    pull pulse purge push query queue quick quiet quote race radar random range rank rate ratio read ready rebuild
    receive record recover redirect reduce refer refresh region register reject relay release reload remote remove
    render repair repeat replace reply report request require reset resize resolve resource result resume retry return
    reverse review revoke rewind ribbon ring river robot role roll root rotate round route row rule run safe sample
    sand save scale scan scene schedule schema scope score screen script scroll search section secret secure seed
    select send sensor series serve session set shape share sheet shelf shift ship show signal silent simple single
    size skip slice slot smooth socket solve sort source space spark spawn split spread stack stage stamp start state
    status step stop storage store storm stream strict string strip style submit suffix sum summary supply support
    switch symbol sync table tag tail target task tell template tenant test text theme thread ticket tile time timer
    title token tool topic total touch tower trace track trade train transfer transform travel tree trigger trim trust
    tunnel turn type unit unlock update upload usage user utility valid value vector vendor verify version view visit
    voice volume wait walk wallet warn watch wave weight wheel widget width window wire word work wrap write yield zone
"""
WORDS = tuple(_LISTED.split())


def is_held_out(word: str) -> bool:
    """Whether no model is trained on the word, whatever else the list holds."""
    return blake2b(word.encode(), digest_size=4).digest()[0] % HELD_OUT_ONE_IN == 0


TRAINED_ON = tuple(word for word in WORDS if not is_held_out(word))
HELD_OUT = tuple(word for word in WORDS if is_held_out(word))


def invented(random: Random) -> str:
    """A word that nobody has heard of."""
    return "".join(random.choice("bcdfghjklmnprstvwxz") + random.choice("aeiouy") for _ in range(random.randint(1, 3)))
