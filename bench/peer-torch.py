"""PyTorch as a peer: answers one line for each line read, until told to stop.

  python3 peer-torch.py THREADS ANSWERS
  hello                        its name, version and BLAS
  new ID CELL B T F U DTYPE    makes a case: simple, lstm or gru, random input
  run ID MODE TIMES            seconds per call, MODE forward or both
  stop
"""
import ctypes
import os
import sys
import time

import torch

cells = {"simple": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
cases = {}


def blas():
    """The file that gives this process its matrix product, and its kernels."""
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "blas" in line.lower()}
    names = sorted(os.path.basename(os.path.realpath(f)) for f in files)
    named = [n for n in names if "openblas" in n]
    name = (named or names or ["unknown BLAS"])[0]
    try:
        core = ctypes.CDLL("libblas.so.3").openblas_get_corename
    except (OSError, AttributeError):
        return name
    core.restype = ctypes.c_char_p
    return "%s %s" % (name, core().decode())


class Case:
    def __init__(self, cell, batch, time_, features, units, dtype):
        dtype = getattr(torch, dtype)
        layer = cells[cell](features, units, batch_first=True).to(dtype)
        x = torch.randn(batch, time_, features, dtype=dtype)
        states = [torch.randn(1, batch, units, dtype=dtype) / 10
                  for _ in range(2 if cell == "lstm" else 1)]
        self.layer, self.plain = layer, x
        self.x = x.clone().requires_grad_()
        self.states = [s.requires_grad_() for s in states]
        self.start = tuple(self.states) if cell == "lstm" else states[0]
        self.wanted = [self.x] + self.states + list(layer.parameters())
        self.d_output = torch.ones(batch, time_, units, dtype=dtype)

    def forward(self):
        with torch.no_grad():
            self.layer(self.plain)

    def both(self):
        out, _ = self.layer(self.x, self.start)
        torch.autograd.grad(out, self.wanted, self.d_output)


def answer(words):
    if words[0] == "hello":
        return "PyTorch %s, %s" % (torch.__version__, blas())
    if words[0] == "new":
        sizes = [int(w) for w in words[3:7]]
        cases[words[1]] = Case(words[2], *sizes, words[7])
        return "ok"
    call, times = getattr(cases[words[1]], words[2]), int(words[3])
    start = time.perf_counter()
    for _ in range(times):
        call()
    return repr((time.perf_counter() - start) / times)


torch.set_num_threads(int(sys.argv[1]))
with open(sys.argv[2], "w") as answers:
    for line in iter(sys.stdin.readline, ""):
        if line.strip() == "stop":
            break
        print(answer(line.split()), file=answers, flush=True)
