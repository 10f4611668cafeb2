"""What a file's name says where its content names nothing."""


def stem(path: str) -> str:
    """The name without folders, `.gz` and its last suffix: `a/b.json.gz` is `b`."""
    name = path.rpartition("/")[2].removesuffix(".gz")
    return name.rpartition(".")[0] or name
