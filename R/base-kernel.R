#' Threads and kernels
#'
#' These options steer the compiled code; none changes what a layer means, and
#' the number of threads changes no bit of any result.
#'
#' * `options(recurrent.threads = 2)`: how many threads share the rows of a
#'   batch, and the two directions of [bidirectional()]. The default
#'   is 1, so that several R processes on one machine do not
#'   get in each other's way. `OMP_THREAD_LIMIT` is respected, small work runs
#'   on one thread, and so does a forked child.
#' * `options(recurrent.kernel = "avx2")`: which kernel runs: "avx512", "avx2"
#'   or "portable", as far as the processor can. The default, NULL, is the best
#'   one. Results of different kernels agree to rounding.
#' * `options(recurrent.native = FALSE)`: recurrent layers run their cells step
#'   by step in R, also the built-in ones.
#' * `options(recurrent.keep_memory = FALSE)`, set before the package is loaded,
#'   leaves the memory of the process to R and the system alone. Otherwise R is
#'   given room for 128 MB of vectors before it collects, once a layer makes
#'   arrays of 1 to 32 MB, or a cell in R as much in small ones, and on Linux
#'   with glibc the allocator is asked to keep up to 256 MB of what R has freed:
#'   mapping it anew can cost as much as the computation. Settings of your own
#'   (the environment variables `MALLOC_TRIM_THRESHOLD_`,
#'   `MALLOC_MMAP_THRESHOLD_`, `GLIBC_TUNABLES`) are respected.
#'
#' `recurrent_kernels()` gives the kernels that this processor can run.
#'
#' @return A character vector, the best kernel last.
#' @section Errors: A layer that runs with an unknown kernel or a number of
#'   threads that is not a positive whole number raises a `ValueError`.
#' @source `bench/kernel.md` in the source tree explains the kernels.
#' @name recurrent-options
#' @export
#' @examples
#' recurrent_kernels()
#' layer <- layer_simple_rnn(units = 8)
#' x <- array(rnorm(4 * 10 * 3), c(4, 10, 3))
#' y <- layer(x)
#' old <- options(recurrent.threads = 2)
#' identical(layer(x), y)
#' options(old)
recurrent_kernels <- function() names(.Call(ffi_kernels))

# c(threads, variant) as every kernel takes them; variant 0 is the best one.
run_settings <- function() {
  threads <- getOption("recurrent.threads")
  kernel <- getOption("recurrent.kernel")
  if (is.null(threads) && is.null(kernel)) return(c(1L, 0L))
  c(check_count(threads %||% 1L, "options(recurrent.threads)"),
    kernel_variant(kernel))
}

kernel_variant <- function(kernel) {
  if (is.null(kernel)) return(0L)
  known <- .Call(ffi_kernels)
  check_choice(kernel, names(known), "options(recurrent.kernel)",
               "a kernel that this processor can run")
  known[[kernel]]
}
