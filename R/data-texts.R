# What a tokenizer does with texts.

#' Texts as numbers
#'
#' `texts_to_sequences()` gives the word numbers of each text,
#' `texts_to_matrix()` one row per text with a column per word number. Words
#' that the tokenizer does not know are left out, or become its `oov_token`.
#'
#' @param tokenizer A tokenizer that was fitted, see [fit_text_tokenizer()].
#' @param texts Texts: a character vector, a list of strings or of vectors of
#'   words, or a function that gives the next text and NULL at the end.
#' @param mode What the matrix holds: "binary" whether a word occurs, "count"
#'   how often, "freq" the same divided by the number of words of the text,
#'   "tfidf" weighed by how few texts have the word.
#' @return `texts_to_sequences()` a list with a vector of whole numbers per
#'   text; `texts_to_sequences_generator()` a function that gives the next of
#'   these at each call and NULL at the end; `texts_to_matrix()` a matrix
#'   (texts, numbers): column 1 is number 0, which is no word.
#' @section Errors: `TypeError` for what is not texts; `ValueError` when the
#'   tokenizer knows neither `num_words` nor any text.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' texts <- c("The cat sat on the mat.", "The dog, the cat & a bird!")
#' tokenizer <- text_tokenizer(oov_token = "?") %>% fit_text_tokenizer(texts)
#' texts_to_sequences(tokenizer, c("a cat", "a whale"))
#' texts_to_matrix(tokenizer, texts, mode = "count")
texts_to_sequences <- function(tokenizer, texts) {
  tokenizer_sequences(check_tokenizer(tokenizer, "tokenizer"), texts)
}

#' @rdname texts_to_sequences
#' @export
texts_to_sequences_generator <- function(tokenizer, texts) {
  tokenizer_generator(check_tokenizer(tokenizer, "tokenizer"), texts)
}

#' @rdname texts_to_sequences
#' @export
texts_to_matrix <- function(tokenizer, texts,
                            mode = c("binary", "count", "tfidf", "freq")) {
  check_tokenizer(tokenizer, "tokenizer")
  tokenizer_matrix(tokenizer, tokenizer_sequences(tokenizer, texts), mode[[1L]])
}

# A vector of words per text.
tokenizer_words <- function(self, texts) {
  if (is.function(texts)) texts <- drain(texts)
  texts <- check_texts(texts)
  ready <- is.list(texts) & lengths(texts) != 1L
  words <- vector("list", length(texts))
  plain <- as.character(unlist(texts[!ready]))
  words[!ready] <- if (self$char_level) {
    strsplit(if (self$lower) tolower(plain) else plain, "")
  } else {
    split_texts(plain, self$filters, self$lower, self$split)
  }
  words[ready] <- if (self$lower) lapply(texts[ready], tolower) else
    texts[ready]
  words
}

# All that a function gives until it gives NULL.
drain <- function(f) {
  found <- list()
  while (!is.null(item <- f())) found[[length(found) + 1L]] <- item
  found
}

check_texts <- function(texts) {
  if (is.factor(texts)) texts <- as.character(texts)
  texts_all <- unlist(texts, use.names = FALSE)
  strings <- is.null(texts_all) || is.character(texts_all)
  if (!strings || !(is.list(texts) || is.atomic(texts))) {
    stop_type(
      sprintf("Texts must be strings, not %s.", describe(texts)),
      i = "Give a character vector, or a list of strings or of vectors of \
words."
    )
  }
  if (anyNA(texts_all)) {
    stop_type(
      sprintf("Text %d is missing (NA).",
              which(vapply(texts, anyNA, NA))[[1L]]),
      i = "Remove it, or give \"\" in its place."
    )
  }
  if (is.list(texts)) return(lapply(unname(texts), text_words))
  enc2utf8(as.vector(texts))
}

text_words <- function(text) enc2utf8(as.character(unlist(text)))

tokenizer_fit_texts <- function(self, texts) {
  words <- tokenizer_words(self, texts)
  self$document_count <- self$document_count + length(words)
  self$.counts <- add_counts(self$.counts, unlist(words))
  self$.docs <- add_counts(self$.docs, unlist(lapply(words, unique)))
  found <- as.character(names(self$.counts))
  found <- found[order(-self$.counts, seq_along(found))]
  self$.vocabulary <- c(self$oov_token, found)
  index <- vocabulary_index(self$.vocabulary)
  self$.index_docs <- stats::setNames(
    self$.docs, index[match(names(self$.docs), names(index))]
  )
  invisible(self)
}

# Counts by word, in the order in which words were first seen.
add_counts <- function(counts, words) {
  if (!length(words)) return(counts)
  known <- unique(c(names(counts), words))
  new <- tabulate(match(words, known), length(known))
  new[seq_along(counts)] <- new[seq_along(counts)] + counts
  stats::setNames(new, known)
}

tokenizer_fit_sequences <- function(self, sequences) {
  numbers <- lapply(check_word_numbers(sequences), unique)
  self$document_count <- self$document_count + length(numbers)
  self$.index_docs <- add_counts(self$.index_docs,
                                 as.character(unlist(numbers)))
  invisible(self)
}

tokenizer_sequences <- function(self, texts) {
  words <- tokenizer_words(self, texts)
  index <- vocabulary_index(self$.vocabulary)
  numbers <- unname(index)[match(unlist(words), names(index))]
  if (!is.null(self$num_words)) {
    numbers[which(numbers >= self$num_words)] <- NA
  }
  if (!is.null(self$oov_token) && length(index)) {
    numbers[is.na(numbers)] <- index[[self$oov_token]]
  }
  text <- factor(rep(seq_along(words), lengths(words)), seq_along(words))
  kept <- !is.na(numbers)
  unname(split(numbers[kept], text[kept]))
}

# Reads one text ahead of what it gives, never all.
tokenizer_generator <- function(self, texts) {
  force(self)
  give <- if (is.function(texts)) texts else each_of(check_texts(texts))
  function() {
    text <- give()
    if (is.null(text)) return(NULL)
    tokenizer_sequences(self, list(text))[[1L]]
  }
}

# A function that gives the items one by one and then NULL.
each_of <- function(items) {
  at <- 0L
  function() {
    if (at >= length(items)) return(NULL)
    at <<- at + 1L
    items[[at]]
  }
}

tokenizer_texts <- function(self, sequences) {
  unknown <- self$oov_token %||% NA_character_
  limit <- min(self$num_words - 1L, length(self$.vocabulary))
  vapply(check_word_numbers(sequences), function(s) {
    words <- self$.vocabulary[replace(s, s < 1L | s > limit, NA)]
    words[is.na(words)] <- unknown
    paste(words[!is.na(words)], collapse = " ")
  }, "")
}

tokenizer_matrix <- function(self, sequences, mode) {
  check_choice(mode, c("binary", "count", "tfidf", "freq"), "mode")
  columns <- self$num_words %||% (length(self$.vocabulary) + 1L)
  if (columns == 1L && is.null(self$num_words)) stop_not_fitted()
  if (mode == "tfidf" && !self$document_count) stop_not_fitted()
  words <- unlist(sequences)
  rows <- rep(seq_along(sequences), lengths(sequences))
  kept <- words < columns
  at <- rows[kept] + words[kept] * as.double(length(sequences))
  n <- matrix(as.double(tabulate(at, length(sequences) * columns)),
              length(sequences), columns)
  switch(mode, binary = (n > 0) + 0, count = n, tfidf = tf_idf(self, n),
         freq = n / pmax(lengths(sequences), 1))
}

# (1 + log count) log(1 + texts / (1 + texts with the word)).
tf_idf <- function(self, n) {
  docs <- numeric(ncol(n))
  number <- as.integer(names(self$.index_docs))
  seen <- number < ncol(n)
  docs[number[seen] + 1L] <- self$.index_docs[seen]
  idf <- log(1 + self$document_count / (1 + docs))
  ifelse(n > 0, 1 + log(pmax(n, 1)), 0) * rep(idf, each = nrow(n))
}

stop_not_fitted <- function() {
  stop_value(
    "The tokenizer has not seen any text.",
    i = "Fit it first: `fit_text_tokenizer(tokenizer, texts)`."
  )
}

check_word_numbers <- function(sequences) {
  if (is.numeric(sequences) && !is.matrix(sequences)) {
    sequences <- list(sequences)
  }
  if (is.matrix(sequences)) sequences <- asplit(sequences, 1L)
  numbers <- unlist(sequences)
  fine <- is.list(sequences) && (is.null(numbers) || is.numeric(numbers))
  if (!fine || anyNA(numbers) || any(numbers < 0 | numbers != trunc(numbers))) {
    stop_type(
      sprintf("Sequences must be a list of vectors of word numbers, not %s.",
              describe(sequences)),
      i = "For example `list(c(1, 4, 2), 3)`."
    )
  }
  lapply(sequences, as.integer)
}
