#!/usr/bin/env bash
# The GitHub Action: installs finops-gate from the action's own checkout, runs it, sets the outputs, and exits with the
# gate's code. Inputs come as FINOPS_GATE_* variables (see action.yml). FINOPS_GATE_COMMAND names a finops-gate that is
# installed already, with the Python beside it, and nothing is installed.
#
# The working directory is a stranger's pull request: Python runs isolated (-I), so that no module of theirs is imported.
# Written for bash 3.2, which is what macOS runners have.
set -uo pipefail

# Text for the log in which no line is a workflow command.
harmless() { sed -e 's/##\[/# #[/g' -e 's/^\([[:space:]]*\):\(:\)/\1: \2/'; }

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

annotate() { # The toolkit's escapeData: % and line ends.
  local text=${1//%/%25}
  text=${text//$'\r'/%0D}
  printf '::error title=finops-gate::%s\n' "${text//$'\n'/%0A}"
}

stop() { # stop CODE VERDICT MESSAGE: outputs are set however the run ends.
  annotate "$(printf '%s' "$3" | harmless)"
  output verdict "$2"
  output delta ""
  output exit-code "$1"
  output report-json ""
  exit "$1"
}

find_python() {
  local candidate
  for candidate in python3 python; do
    if "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

install() { # Into a virtual environment of its own, from the commit that the workflow pins.
  local base venv=$RUNNER_TEMP/finops-gate
  base=$(find_python) || stop 2 error "finops-gate needs Python 3.10 or newer; run actions/setup-python before it."
  "$base" -I -m venv "$venv" || stop 2 error "finops-gate could not make a virtual environment in $venv."
  bin=$venv/bin
  [ -d "$bin" ] || bin=$venv/Scripts
  "$bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input "$GITHUB_ACTION_PATH" >&2 ||
    stop 2 error "finops-gate could not be installed; the log says why."
  command=$bin/finops-gate
}

# The commit that a pull request would be merged into. GitHub checks out the merge commit, GITHUB_SHA, and its first
# parent is that commit; `fetch-depth: 2` brings it along. Where the workflow checked out another commit, it is where
# that one left the target branch, if that history is here.
automatic_base() {
  [ "${GITHUB_EVENT_NAME:-}" = pull_request ] || return 0
  if [ "$(git rev-parse HEAD 2>/dev/null)" = "${GITHUB_SHA:-}" ]; then
    git rev-parse --quiet --verify 'HEAD^1^{commit}'
  else
    git merge-base HEAD "refs/remotes/origin/${GITHUB_BASE_REF:-}" 2>/dev/null
  fi
}

cd "${FINOPS_GATE_DIRECTORY:-.}" || stop 2 error "working-directory: there is no such directory."

base=${FINOPS_GATE_BASE:-auto}
case $base in
  none) base="" ;;
  auto)
    base=$(automatic_base) ||
      stop 3 incomplete "The commit to compare with is not here: check out with \`fetch-depth: 2\`, or set \`base: none\`."
    ;;
esac

bin="" command=${FINOPS_GATE_COMMAND:-}
if [ -n "$command" ]; then bin=$(dirname "$command"); else install; fi

report=$RUNNER_TEMP/finops-gate-report.json
log=$RUNNER_TEMP/finops-gate-stderr.txt
rm -f "$report"

arguments=(--format github --format "json=$report")
[ -n "$base" ] && arguments+=("--base=$base" "--policies-from=${FINOPS_GATE_POLICIES_FROM:-base}")
[ -n "${FINOPS_GATE_CONFIG:-}" ] && arguments+=("--config=$FINOPS_GATE_CONFIG")
[ -n "${FINOPS_GATE_USAGE_FILE:-}" ] && arguments+=("--usage-file=$FINOPS_GATE_USAGE_FILE")
[ -n "${FINOPS_GATE_SARIF_FILE:-}" ] && arguments+=("--format=sarif=$FINOPS_GATE_SARIF_FILE")
[ "${FINOPS_GATE_STRICT:-false}" = true ] && arguments+=(--strict)
[ "${FINOPS_GATE_SUMMARY:-true}" = true ] && arguments+=("--format=markdown=$GITHUB_STEP_SUMMARY")
arguments+=(--)
while IFS= read -r path; do
  [ -n "$path" ] && arguments+=("$path")
done <<<"${FINOPS_GATE_PATHS:-.}"

"$command" check "${arguments[@]}" 2>"$log"
code=$?
harmless <"$log" >&2

if [ ! -s "$report" ]; then
  verdict=error
  [ "$code" -eq 3 ] && verdict=incomplete
  [ "$code" -eq 0 ] && code=4
  said=$(tail -n 1 "$log")
  stop "$code" "$verdict" "${said#finops-gate: }"
fi

"$bin/python" -I - "$report" >>"$GITHUB_OUTPUT" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
delta = report["totals"]["delta"]
print(f"verdict={report['verdict']}")
print(f"delta={delta['expected'] or '' if delta else ''}")
PYTHON
output exit-code "$code"
output report-json "$report"
exit "$code"
