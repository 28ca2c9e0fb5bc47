#!/bin/sh
# Prints the first Python that really runs, is 3.11 or newer and can make virtual environments.
# A name on the PATH proves nothing: a version manager leaves names behind that refuse to run.
if [ -n "$PYTHON" ]; then set -- "$PYTHON"; else set -- python3 python3.14 python3.13 python3.12 python3.11 python; fi
probe='import sys
if not (3, 11) <= sys.version_info[:2] <= (int(sys.argv[1]), int(sys.argv[2])): sys.exit(1)
try:
    import ensurepip, venv
except ImportError:
    print("no-venv %d.%d" % sys.version_info[:2]); sys.exit(0)
print(sys.executable)'
without=""
for newest in "3 14" "3 99"; do # the pinned packages are known to fit up to 3.14; anything newer is tried last
    for name in "$@"; do
        # shellcheck disable=SC2086
        found=$("$name" -c "$probe" $newest 2>/dev/null) || continue
        case "$found" in
            no-venv*) [ -n "$without" ] || without="${found#no-venv }" ;;
            ?*) printf '%s\n' "$found"; exit 0 ;;
        esac
    done
done
if [ -n "$without" ]; then
    echo "Python $without has no venv module: install it (Debian, Ubuntu: sudo apt install python$without-venv) and run make again." >&2
else
    echo "No Python 3.11 or newer found (looked for: $*): install one (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python) or say make PYTHON=/path/to/python." >&2
fi
exit 2
