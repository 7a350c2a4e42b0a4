"""Which files hold secrets, by name and by content; must not know ignore rules or how a file is read.

It fails closed: a name that usually holds secrets is one, and only a `.scholiastignore` line that names the
very file lets it in.
"""

from __future__ import annotations

import re

_NAMES = frozenset({
    "_netrc", ".boto", ".credentials", ".dockercfg", ".envrc", ".git-credentials", ".htpasswd", ".my.cnf",
    ".netrc", ".pgpass", ".pypirc", ".s3cfg", ".terraformrc", ".vault-token", ".vault_pass",
    ".vault_pass.txt", "application_default_credentials.json", "credentials", "credentials.json",
    "credentials.yml.enc", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_rsa",
    "htpasswd", "kubeconfig", "secring.gpg", "secrets.txt", "service-account.json", "service_account.json",
    "serviceaccount.json", "terraform.rc", "terraform.tfstate", "terraform.tfstate.backup", "token.json",
    "wallet.dat",
})  # fmt: skip
_SUFFIXES = frozenset({
    "agekey", "env", "jceks", "jks", "kdb", "kdbx", "key", "keystore", "keytab", "p12", "p8", "pem", "pfx",
    "pk8", "ppk", "tfstate", "tfvars",
})  # fmt: skip
_FOLDERS = frozenset({".aws", ".azure", ".gcloud", ".gnupg", ".kube", ".password-store", ".ssh"})
_TEMPLATES = ("example", "sample", "template", "dist", "defaults")
_SETTINGS = frozenset({"conf", "env", "ini", "json", "properties", "toml", "yaml", "yml"})
_PLACES = frozenset({".cargo/credentials.toml", ".docker/config.json", ".gem/credentials", "gh/hosts.yml"})

_KEY = re.compile(
    rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    rb"[\s\S]{0,300}?"  # headers of the key, and quotes or escapes when it stands in source code
    rb"[A-Za-z0-9+/]{40}"
)
_TOKEN_STORES = frozenset({".npmrc", ".yarnrc", ".yarnrc.yml", "nuget.config", "pip.conf", "settings.xml"})
_TOKEN = re.compile(
    rb"_authToken|_auth\s*=|_password|npmAuthToken|npmAuthIdent|ClearTextPassword|<password>"
    rb"|https?://[^\s/:@]+:[^\s/@]+@",
    re.IGNORECASE,
)


def is_secret_name(path: str) -> bool:
    """Whether a file of this path (relative, POSIX, lower case) is a secrets file."""
    folders, _, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    suffix = suffix if dot else ""
    if suffix in _TEMPLATES:
        return False
    if name in _NAMES or suffix in _SUFFIXES or name.startswith(".env"):
        return True
    if stem in ("secret", "secrets", ".secrets", "client_secret") and suffix in _SETTINGS:
        return True
    if name.startswith("client_secret") and suffix == "json":
        return True
    if "." not in folders:
        return False
    return f"{folders.rpartition('/')[2]}/{name}" in _PLACES or not _FOLDERS.isdisjoint(folders.split("/"))


def holds_secret(path: str, data: bytes) -> bool:
    """Whether a file's content is a private key, or a token where tokens are kept."""
    if b"PRIVATE KEY" in data and _KEY.search(data):
        return True
    return path.rpartition("/")[2].lower() in _TOKEN_STORES and _TOKEN.search(data) is not None
