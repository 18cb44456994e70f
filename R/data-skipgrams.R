#' Pairs of words for word2vec
#'
#' `skipgrams()` gives pairs of a word and a neighbour within a window
#' (label 1), and pairs of a word and a word drawn at random (label 0).
#' `make_sampling_table()` gives the probability with which a word of each rank
#' is kept, so that frequent words do not crowd out the others.
#'
#' @param sequence Word numbers of one text, as of [texts_to_sequences()];
#'   0 is no word and is skipped.
#' @param vocabulary_size Number of words and one more: random words are
#'   drawn from 1 to `vocabulary_size - 1`.
#' @param window_size How many words a neighbour may be away.
#' @param negative_samples Number of random pairs per pair of neighbours; 0 for
#'   none, fractions are allowed.
#' @param shuffle Whether to shuffle the pairs.
#' @param categorical Whether labels are `c(0, 1)` and `c(1, 0)`.
#' @param sampling_table NULL, or probabilities of keeping a word: element
#'   k + 1 is that of word k.
#' @param seed NULL, or a whole number that fixes the draws by itself.
#' @param size Number of words (ranks 0 to `size - 1`).
#' @param sampling_factor The smaller, the more frequent words are left out.
#' @return `skipgrams()` a list of `couples`, a list of vectors of two word
#'   numbers, and `labels`, a vector of 0 and 1, or with `categorical` a list of
#'   vectors. `make_sampling_table()` a vector of `size` probabilities.
#' @section Errors: `TypeError` for a sequence that is not numbers; `ValueError`
#'   for a sampling table that is too short.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' pairs <- skipgrams(c(1, 2, 3, 4), vocabulary_size = 6, window_size = 1,
#'                    seed = 1)
#' data.frame(do.call(rbind, pairs$couples), label = pairs$labels)
#' make_sampling_table(5)
skipgrams <- function(sequence, vocabulary_size, window_size = 4,
                      negative_samples = 1, shuffle = TRUE,
                      categorical = FALSE, sampling_table = NULL,
                      seed = NULL) {
  sequence <- check_word_sequence(sequence)
  vocabulary_size <- check_count(
    vocabulary_size, "vocabulary_size", min = 2L,
    mend = "It must be at least 2: words are 1 to `vocabulary_size - 1`."
  )
  window_size <- check_count(window_size, "window_size", min = 0L)
  check_number(negative_samples, "negative_samples", 0)
  check_flag(shuffle, "shuffle")
  check_flag(categorical, "categorical")
  with_seed(check_seed(seed), {
    pairs <- neighbour_pairs(sequence, window_size,
                             kept_words(sequence, sampling_table))
    near <- nrow(pairs)
    far <- trunc(near * negative_samples)
    if (far > 0) {
      words <- rep_len(pairs[sample.int(near), 1L], far)
      random <- sample.int(vocabulary_size - 1L, far, replace = TRUE)
      pairs <- rbind(pairs, cbind(words, random), deparse.level = 0)
    }
    labels <- rep(1:0, c(near, far))
    at <- if (shuffle) sample.int(near + far) else seq_len(near + far)
  })
  labels <- labels[at]
  list(couples = row_list(pairs[at, , drop = FALSE]),
       labels = if (categorical) row_list(cbind(1L - labels, labels)) else
         labels)
}

# Pairs (word, neighbour) of the words at the `kept` places, in order.
neighbour_pairs <- function(sequence, window_size, kept) {
  n <- length(sequence)
  away <- setdiff(seq(-window_size, window_size), 0)
  at <- rep(kept, each = length(away))
  beside <- at + away
  inside <- beside >= 1L & beside <= n
  at <- at[inside]
  beside <- beside[inside]
  words <- sequence[beside] != 0L
  cbind(sequence[at[words]], sequence[beside[words]])
}

kept_words <- function(sequence, sampling_table) {
  at <- which(sequence != 0L)
  if (is.null(sampling_table)) return(at)
  if (length(at) && max(sequence) >= length(sampling_table)) {
    stop_value(
      sprintf("`sampling_table` has %d elements; the sequence holds word %d.",
              length(sampling_table), max(sequence)),
      i = sprintf("Element k + 1 is that of word k: give %d elements.",
                  max(sequence) + 1L)
    )
  }
  at[sampling_table[sequence[at] + 1L] >= stats::runif(length(at))]
}

check_word_sequence <- function(sequence) {
  if (is.list(sequence) && length(sequence) == 1L) sequence <- sequence[[1L]]
  if (is.list(sequence)) sequence <- unlist(sequence)
  if (!length(sequence)) return(integer())
  if (!is.numeric(sequence) || anyNA(sequence) || any(sequence < 0)) {
    stop_type(
      sprintf("`sequence` must hold word numbers, not %s.",
              describe(sequence)),
      i = "Take one element of what `texts_to_sequences()` gives."
    )
  }
  as.integer(sequence)
}

row_list <- function(x) lapply(seq_len(nrow(x)), function(i) unname(x[i, ]))

#' @rdname skipgrams
#' @export
make_sampling_table <- function(size, sampling_factor = 1e-05) {
  rank <- pmax(seq_len(check_count(size, "size")) - 1, 1)
  factor <- check_number(sampling_factor, "sampling_factor", 0)
  # Zipf's law: the inverse of the frequency of a word by its rank.
  inverse <- rank * (log(rank) + 0.577) + 0.5 - 1 / (12 * rank)
  pmin(1, sqrt(factor * inverse))
}
