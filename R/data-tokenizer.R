#' A vocabulary for texts
#'
#' A tokenizer learns the words of texts (`fit_text_tokenizer()`), most frequent
#' first, and turns texts into sequences of word numbers
#' (`texts_to_sequences()`), or into one row per text (`texts_to_matrix()`).
#' Number 0 is no word: it is left for padding (see [pad_sequences()]).
#'
#' @param num_words How many words to keep, the most frequent ones: only numbers
#'   below `num_words` are given. NULL keeps all.
#' @param filters Characters that separate words and are left out.
#' @param lower Whether to turn texts to lower case, as R's `tolower()` does it
#'   (in the C locale it knows ASCII letters only).
#' @param split The string that separates words.
#' @param char_level Whether every character counts as a word.
#' @param oov_token A word that stands for all words that are not known; it gets
#'   number 1. Without one these words are left out.
#' @return `text_tokenizer()` a tokenizer. It remembers what it has seen, so
#'   fitting changes it in place. Its members: `word_index` (the number of each
#'   word, as a named list), `index_word` (the word of each number),
#'   `word_counts` and `word_docs` (how often a word, and in how many texts),
#'   `index_docs`, `document_count`, and the arguments above. Its methods
#'   `fit_on_texts()`, `fit_on_sequences()`, `texts_to_sequences()`,
#'   `texts_to_matrix()`, `sequences_to_texts()`, `sequences_to_matrix()` and
#'   `get_config()` are those of Keras.
#' @section Errors: `TypeError` and `ValueError` for arguments of the wrong
#'   kind.
#' @source R keras 2.15 and tf.keras 2.15.
#' @seealso [texts_to_sequences()], [save_text_tokenizer()]
#' @export
#' @examples
#' texts <- c("The cat sat on the mat.", "The dog, the cat & a bird!")
#' tokenizer <- text_tokenizer(num_words = 6) %>% fit_text_tokenizer(texts)
#' tokenizer
#' tokenizer$word_index$cat
#' texts_to_sequences(tokenizer, "the bird and the cat") %>% pad_sequences()
text_tokenizer <- function(
    num_words = NULL, filters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n",
    lower = TRUE, split = " ", char_level = FALSE, oov_token = NULL) {
  if (!is.null(num_words)) num_words <- check_count(num_words, "num_words")
  if (!is.null(oov_token)) check_string(oov_token, "oov_token")
  Tokenizer$new(list(
    num_words = num_words, filters = check_filters(filters),
    lower = check_flag(lower, "lower"), split = check_split(split),
    char_level = check_flag(char_level, "char_level"),
    oov_token = if (!is.null(oov_token)) enc2utf8(oov_token)
  ))
}

# Counts are kept as named integer vectors, in the order in which words were
# first seen; lists are made of them when a member is looked at.
Tokenizer <- keras_class(
  "Tokenizer",
  public = list(
    num_words = NULL, filters = NULL, lower = NULL, split = NULL,
    char_level = NULL, oov_token = NULL, document_count = 0L,
    .counts = integer(), .docs = integer(), .vocabulary = character(),
    .index_docs = integer(),
    initialize = function(config) {
      for (name in names(config)) self[[name]] <- config[[name]]
    },
    fit_on_texts = function(texts) tokenizer_fit_texts(self, texts),
    fit_on_sequences = function(sequences) {
      tokenizer_fit_sequences(self, sequences)
    },
    texts_to_sequences = function(texts) tokenizer_sequences(self, texts),
    texts_to_sequences_generator = function(texts) {
      tokenizer_generator(self, texts)
    },
    texts_to_matrix = function(texts, mode = "binary") {
      tokenizer_matrix(self, tokenizer_sequences(self, texts), mode)
    },
    sequences_to_texts = function(sequences) {
      tokenizer_texts(self, sequences)
    },
    sequences_to_matrix = function(sequences, mode = "binary") {
      tokenizer_matrix(self, check_word_numbers(sequences), mode)
    },
    get_config = function() tokenizer_config(self),
    print = function(...) tokenizer_print(self)
  ),
  active = list(
    word_counts = function() as.list(self$.counts),
    word_docs = function() as.list(self$.docs),
    index_docs = function() as.list(self$.index_docs),
    word_index = function() as.list(vocabulary_index(self$.vocabulary)),
    index_word = function() {
      stats::setNames(as.list(self$.vocabulary), seq_along(self$.vocabulary))
    }
  )
)

tokenizer_config <- function(self) {
  arguments <- names(formals(text_tokenizer))
  c(stats::setNames(lapply(arguments, function(a) self[[a]]), arguments),
    document_count = self$document_count, word_counts = list(self$word_counts),
    word_docs = list(self$word_docs), index_docs = list(self$index_docs),
    index_word = list(self$index_word), word_index = list(self$word_index))
}

# Word -> number. An oov_token that is also a word of the texts stands in the
# vocabulary twice; the word's own number counts, as in Keras.
vocabulary_index <- function(vocabulary) {
  words <- unique(vocabulary)
  last <- length(vocabulary) + 1L - match(words, rev(vocabulary))
  stats::setNames(last, words)
}

tokenizer_print <- function(self) {
  n <- length(self$.vocabulary)
  cat(sprintf("<text tokenizer> %s %s from %s text%s\n",
              big_number(n),
              if (self$char_level) "characters" else "words",
              big_number(self$document_count),
              if (self$document_count == 1L) "" else "s"))
  kept <- self$num_words
  if (!is.null(kept)) cat(sprintf("  keeps numbers 1 to %d\n", kept - 1L))
  if (!is.null(self$oov_token)) {
    cat(sprintf("  unknown words are \"%s\" (1)\n", self$oov_token))
  }
  if (n) {
    shown <- utils::head(self$.vocabulary, 8L)
    if (self$char_level) shown <- dQuote(shown, FALSE)
    cat("  ", paste(shown, collapse = " "), if (n > 8L) " ...", "\n", sep = "")
  }
  invisible(self)
}

#' Learn the words of texts
#'
#' @param object A tokenizer, changed in place.
#' @param x Texts: a character vector; a list of texts, each a string or a
#'   vector of words that are already separate; a function that gives the next
#'   text at each call and NULL at the end; or a list of sequences of word
#'   numbers, of which only the numbers of texts are learned (what `mode =
#'   "tfidf"` needs).
#' @return The tokenizer, invisibly.
#' @section Errors: `TypeError` for what is not texts, also missing ones.
#' @source R keras 2.15.
#' @export
#' @examples
#' tokenizer <- text_tokenizer()
#' fit_text_tokenizer(tokenizer, c("one two", "two three"))
#' tokenizer$word_counts
fit_text_tokenizer <- function(object, x) {
  check_tokenizer(object, "object")
  numbers <- is.list(x) && length(x) && !any(vapply(x, is.character, NA))
  if (numbers) object$fit_on_sequences(x) else object$fit_on_texts(x)
  invisible(object)
}

#' Keep a tokenizer
#'
#' Saves a tokenizer to a file and loads it. The file is written whole or not at
#' all; it is R's own format (Keras' is Python's).
#'
#' @param object A tokenizer.
#' @param filename Path of the file.
#' @return `save_text_tokenizer()` the tokenizer, invisibly;
#'   `load_text_tokenizer()` a tokenizer.
#' @section Errors: `TypeError` for what is not a tokenizer, `ValueError` for a
#'   file that is missing, damaged, or holds something else, `RuntimeError` when
#'   the file cannot be replaced.
#' @source R keras 2.15.
#' @export
#' @examples
#' tokenizer <- text_tokenizer() %>% fit_text_tokenizer("one two two")
#' file <- tempfile(fileext = ".rds")
#' save_text_tokenizer(tokenizer, file)
#' load_text_tokenizer(file)$word_index
save_text_tokenizer <- function(object, filename) {
  check_tokenizer(object, "object")
  filename <- path.expand(check_string(filename, "filename"))
  if (!dir.exists(dirname(filename))) {
    stop_value(
      sprintf("There is no folder \"%s\".", dirname(filename)),
      i = "Make it with `dir.create()`."
    )
  }
  state <- lapply(tokenizer_state, function(name) object[[name]])
  beside <- tempfile(".tokenizer", dirname(filename))
  on.exit(unlink(beside))
  saveRDS(list(format = tokenizer_format,
               state = stats::setNames(state, tokenizer_state)),
          beside, version = 3L)
  if (!file.rename(beside, filename)) {
    stop_runtime(
      sprintf("\"%s\" could not be written.", filename),
      i = "Is it open elsewhere, or protected?"
    )
  }
  invisible(object)
}

#' @rdname save_text_tokenizer
#' @export
load_text_tokenizer <- function(filename) {
  check_string(filename, "filename")
  if (!file.exists(filename)) {
    stop_value(
      sprintf("There is no file \"%s\".", filename),
      i = "Give the path that `save_text_tokenizer()` was given."
    )
  }
  kept <- tryCatch(suppressWarnings(readRDS(filename)),
                   error = function(e) NULL)
  if (inherits(kept, "Tokenizer")) return(kept)
  if (!is.list(kept) || !identical(kept$format, tokenizer_format)) {
    stop_value(
      sprintf("\"%s\" holds no tokenizer, or is damaged.", filename),
      i = "Only files of `save_text_tokenizer()` of this package can be \
loaded; files of R keras are Python's own."
    )
  }
  Tokenizer$new(kept$state)
}

tokenizer_format <- "recurrent text tokenizer 1"
tokenizer_state <- c("num_words", "filters", "lower", "split", "char_level",
                     "oov_token", "document_count", ".counts", ".docs",
                     ".vocabulary", ".index_docs")

check_tokenizer <- function(x, arg) {
  if (inherits(x, "Tokenizer")) return(x)
  stop_type(
    sprintf("`%s` must be a tokenizer, not %s.", arg, describe(x)),
    i = "Make one with `text_tokenizer()`."
  )
}
