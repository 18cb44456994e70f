# The gradient of sum(f(x) * upstream) at the array x, by the tape and by
# central differences, and how far apart they are at most.
gradient_gap <- function(f, x, upstream, step = 1e-6) {
  at <- as_tensor(x)
  tape <- gradient_tape(op_sum(f(at) * upstream))
  loss <- function(x) sum(as.array(f(as_tensor(x))) * upstream)
  numeric <- vapply(seq_along(x), function(i) {
    up <- down <- x
    up[[i]] <- up[[i]] + step
    down[[i]] <- down[[i]] - step
    (loss(up) - loss(down)) / (2 * step)
  }, 0)
  max(abs(tape$gradient(at) - numeric))
}
