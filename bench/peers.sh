#!/bin/sh
# Fetch what the benchmarks measure beside the package: sh bench/peers.sh
# All of it is optional and goes to .build/peers; R keeps its own BLAS.
#   torch    Debian's python3-torch, used where it is installed:
#            apt-get install python3-torch (this script installs nothing there)
#   openblas Debian's package, unpacked; only the Python process sees it. Of
#            its three variants this one serves PyTorch best on two threads
#   onnx     onnxruntime-node from npm, without its scripts
#   rnn      the package of CRAN, from where options("repos") says
set -u
root=$(pwd)
[ -f bench/peers.sh ] || { echo "start me in the root of the tree" >&2; exit 2; }
peers=$root/.build/peers
mkdir -p "$peers/rnn" "$peers/onnx"
failed=""

fetch_openblas() {
  [ -d "$peers/openblas" ] && return 0
  work=$(mktemp -d)
  (cd "$work" && apt-get download libopenblas0-openmp >/dev/null &&
    dpkg -x ./*.deb "$peers/openblas")
  status=$?
  rm -rf "$work"
  return $status
}

fetch_onnx() {
  [ -d "$peers/onnx/node_modules/onnxruntime-node" ] && return 0
  (cd "$peers/onnx" && npm install --silent --ignore-scripts --no-audit \
    --no-fund --prefix . onnxruntime-node)
}

fetch_rnn() {
  [ -d "$peers/rnn/rnn" ] && return 0
  Rscript -e 'if ("@CRAN@" %in% getOption("repos"))' \
    -e '  utils::chooseCRANmirror(graphics = FALSE, ind = 1)' \
    -e 'install.packages("rnn", commandArgs(TRUE)[[1]], quiet = TRUE)' \
    "$peers/rnn" && [ -d "$peers/rnn/rnn" ]
}

for peer in openblas onnx rnn; do
  "fetch_$peer" >"$peers/$peer.log" 2>&1 || failed="$failed $peer"
done
[ -z "$failed" ] || echo "not to be had here:$failed (see .build/peers/*.log)"
Rscript bench/common.R
