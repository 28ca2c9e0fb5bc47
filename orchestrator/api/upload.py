"""Imports over HTTP: the file is the body; rejected rows come back with line and reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from orchestrator.api.caller import CanImport, TheRuntime
from orchestrator.api.schema import Day, Recorded
from orchestrator.bootstrap import Runtime
from orchestrator.errors import DuecourseError, InputError
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file

router = APIRouter(prefix="/api/v1", tags=["imports"])
CSV = {"requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}}
MOST_SHOWN = 1_000
# with what stands behind it for rejected rows, no longer than a file system takes
MOST_NAME_BYTES = 200
FileName = Annotated[
    str,
    Query(
        pattern=r"^[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*$",
        max_length=MOST_NAME_BYTES,
        description="its own name: errors and the record of the import call it so",
    ),
]


@router.post("/imports", status_code=201, openapi_extra=CSV)
async def upload(
    runtime: TheRuntime,
    _caller: CanImport,
    request: Request,
    *,
    kind: Annotated[Kind | None, Query(alias="as", description="none: by the header")] = None,
    cadence: Annotated[str | None, Query(max_length=100)] = None,
    full: bool = False,
    complete_since: Day | None = None,
    file_name: FileName | None = None,
) -> Recorded:
    """Validates, normalises and upserts a CSV file. Importing the same file twice changes nothing."""
    if file_name is not None and len(file_name.encode()) > MOST_NAME_BYTES:
        raise InputError(f"a name has at most {MOST_NAME_BYTES} bytes", where="file_name")
    worked = runtime.house.cadences.find(cadence) if cadence is not None else None
    options = ImportOptions(kind=kind, full=full, cadence=worked, complete_since=complete_since)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (file_name or "upload.csv")
        with path.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        if path.stat().st_size == 0:
            raise InputError("the body is empty", where="body", hint="send the CSV file as the body")
        with _named_as_sent(path, file_name or "body"):
            return Recorded(result=await run_in_threadpool(bring, runtime, path, options))


@contextmanager
def _named_as_sent(path: Path, name: str) -> Iterator[None]:
    """Where the file lies with us is no business of the caller: an error names it as it was sent."""
    try:
        yield
    except DuecourseError as error:
        error.message = error.message.replace(str(path), name)
        error.where = error.where and error.where.replace(str(path), name)
        error.hint = error.hint and error.hint.replace(str(path), name)
        raise


def bring(runtime: Runtime, path: Path, options: ImportOptions) -> dict[str, Any]:
    result = import_file(runtime.database, path, options, runtime.clock, runtime.sealer, house=runtime.house)
    rejected = result.rejected_path.read_text(encoding="utf-8").splitlines() if result.rejected_path else []
    return {
        "kind": result.kind.value,
        "rows": result.rows,
        "accounts": result.accounts,
        "consumers": result.consumers,
        "rejected": result.rejected,
        "enrolled": result.enrolled,
        "rejected_rows": rejected[: MOST_SHOWN + 1],
    }
