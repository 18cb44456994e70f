#!/bin/sh
# Install the package into .build/NAME: sh tools/build.sh NAME [Makevars].
# Through R CMD build, so that no object file of another build gets in.
set -eu
name=$1
root=$(pwd)
lib=$root/.build/$name
log=$lib.log
options="--no-docs --no-multiarch"
if [ "$#" -gt 1 ]; then
  R_MAKEVARS_USER=$root/$2
  export R_MAKEVARS_USER
  # An instrumented library loads only beside its runtime.
  options="$options --no-test-load"
fi
mkdir -p "$lib"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if R CMD build --no-build-vignettes --no-manual "$root" >"$log" 2>&1 &&
  R CMD INSTALL $options --library="$lib" ./*.tar.gz >>"$log" 2>&1; then
  echo "installed into .build/$name"
else
  cat "$log"
  echo "the package could not be installed: what R says is above"
  exit 1
fi
