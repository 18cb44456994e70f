#!/bin/sh
# Measure everything and write a page of bench/results: sh bench/run.sh [part]...
# Parts: simple lstm gru peak flags scaling cell loop memory. About half an hour
# for all, most of it for LSTM and GRU on the largest shape; each command takes
# less than four minutes and keeps what it finds in .build/bench, so that single
# parts, or single commands from here, can be measured again.
# WRAP="some command" is put before every measurement, e.g. a lock; DRY=1 only
# prints the commands.
set -eu
run() {
  if [ -n "${DRY:-}" ]; then
    echo "Rscript bench/$*"
  else
    echo "== bench/$*" >&2
    ${WRAP:-} Rscript "bench/$@"
  fi
}

suite() {
  for threads in 1 2; do
    run suite.R "$1" doc,mid,stream "$threads"
    for shape in irnn large xl; do
      run suite.R "$1" "$shape" "$threads"
    done
  done
}

measure() {
  case $1 in
    simple | lstm | gru) suite "$1" ;;
    peak) for s in large xl; do run peak.R $s; done ;;
    flags) for c in simple lstm gru; do run flags.R $c; done ;;
    scaling) for w in batch time features units; do run scaling.R $w; done ;;
    cell | loop) run "$1.R" ;;
    memory) run memory.R | tee .build/bench/memory.txt ;;
    *) echo "no part of this name: $1" >&2; exit 2 ;;
  esac
}

mkdir -p .build/bench
if [ $# -eq 0 ]; then
  set -- simple lstm gru peak flags scaling cell loop memory
fi
for part in "$@"; do
  [ -f bench/memory.R ] || [ "$part" != memory ] || continue
  measure "$part"
done
run results.R
