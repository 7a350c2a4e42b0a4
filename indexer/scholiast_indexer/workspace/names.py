"""Why a file is left out, told from its name and size alone; must not know its content or any ignore rule."""

from __future__ import annotations

from scholiast_indexer.limits import DATA_FILE_BYTES_MAX
from scholiast_indexer.workspace.secrets import is_secret_name

_LOCK_FILES = frozenset({
    "bun.lockb", "cartfile.resolved", "go.sum", "go.work.sum", "gradle.lockfile", "npm-shrinkwrap.json",
    "package-lock.json", "package.resolved", "packages.lock.json", "pnpm-lock.yaml", "shard.lock",
    "stack.yaml.lock",
})  # fmt: skip

_BINARY = frozenset({
    "7z", "a", "aar", "ai", "apk", "avi", "avif", "bin", "blend", "bmp", "bz2", "cab", "class", "cur",
    "dat", "db", "deb", "dex", "dll", "dmg", "doc", "docx", "dylib", "ear", "eot", "exe", "fbx", "flac",
    "gif", "glb", "gz", "hdf5", "heic", "icns", "ico", "idx", "jar", "jpeg", "jpg", "ktx", "lib", "lz4",
    "lzma", "m4a", "m4v", "mdb", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "nib", "npy", "npz", "o",
    "obj", "odp", "ods", "odt", "ogg", "ogv", "onnx", "otf", "pack", "parquet", "pbm", "pcap", "pdb", "pdf",
    "pickle", "pkl", "png", "ppt", "pptx", "psd", "pt", "pth", "pyc", "pyd", "pyo", "rar", "rlib", "rmeta",
    "rpm", "safetensors", "gguf", "so", "sqlite", "sqlite3", "swf", "tar", "tflite", "tgz", "tif", "tiff",
    "tsbuildinfo", "ttc", "ttf", "war", "wasm", "wav", "webm", "webp", "whl", "wmv", "woff", "woff2", "xcf",
    "xls", "xlsx", "xz", "zip", "zst",
})  # fmt: skip

_DATA = frozenset({
    "arff", "csv", "dump", "geojson", "gml", "gpx", "har", "jsonl", "kml", "lcov", "ldif", "log", "map",
    "mbox", "ndjson", "patch", "plist", "po", "pot", "snap", "srt", "svg", "topojson", "tsv", "vcf", "vtt",
    "xliff", "xlf",
})  # fmt: skip

_DATA_WHEN_LARGE = frozenset({"htm", "json", "sql", "txt", "xml", "yaml", "yml"})

_GENERATED_ENDS = (
    "_pb2.py", "_pb2.pyi", "_pb2_grpc.py", ".pb.go", ".pb.gw.go", ".pb.cc", ".pb.h", ".pb.swift",
    ".pb.dart", "_pb.js", "_pb.d.ts", ".g.dart", ".freezed.dart", ".g.cs", ".g.i.cs", ".designer.cs",
    ".generated.cs", ".generated.ts",
)  # fmt: skip

_MINIFIED_ENDS = (".min.js", ".min.mjs", ".min.cjs", ".min.css", "-min.js", ".bundle.js", ".chunk.js")


def reason_by_name(path: str) -> str | None:
    """Why a file of this path is not indexed; None when its name says nothing against it."""
    lower = path.lower()
    if is_secret_name(lower):
        return "secrets"
    name = lower.rpartition("/")[2]
    _, dot, suffix = name.rpartition(".")
    suffix = suffix if dot else ""
    if suffix in _BINARY:
        return "binary"
    if suffix == "lock" or name in _LOCK_FILES:
        return "lock file"
    if suffix in _DATA:
        return "data"
    if name.endswith(_MINIFIED_ENDS):
        return "minified"
    if name.endswith(_GENERATED_ENDS) or name.startswith("zz_generated."):
        return "generated"
    return None


def reason_by_size(path: str, size: int, file_bytes_max: int) -> str | None:
    """Why a file of this size is not indexed; None when it is small enough."""
    if size > file_bytes_max:
        return f"too large ({size / 1e6:.1f} MB)"
    is_data = size > DATA_FILE_BYTES_MAX and path.rpartition(".")[2].lower() in _DATA_WHEN_LARGE
    return "data" if is_data else None
