as_tokenizer <- function(case) {
  tokenizer <- do.call(text_tokenizer, case$args)
  fit_text_tokenizer(tokenizer, unlist(case$texts))
}

tokenizer_cases <- function() {
  cases <- reference_cases("text")
  cases[startsWith(names(cases), "tokenizer")]
}

test_that("texts become the sequences of tf.keras", {
  for (case in tokenizer_cases()) {
    got <- texts_to_sequences(as_tokenizer(case), unlist(case$new_texts))
    expect_identical(got, lapply(case$sequences, function(s) {
      as.integer(unlist(s))
    }), info = case$id)
  }
})

test_that("texts become the matrices of tf.keras", {
  for (case in tokenizer_cases()) {
    tokenizer <- as_tokenizer(case)
    for (mode in names(case$matrices)) {
      got <- texts_to_matrix(tokenizer, unlist(case$texts), mode)
      expect_close(got, as_reference_array(case$matrices[[mode]]),
                   info = paste(case$id, mode))
    }
  }
})

test_that("texts come as lists, words, factors and functions", {
  want <- list(c(1L, 2L), 2L, integer(), c(2L, 2L, 1L))
  texts <- list("one two", "Two", "", c("two", "TWO", "one"))
  fit <- function(x) fit_text_tokenizer(text_tokenizer(), x)
  tokenizer <- fit(c("one one", "two"))
  expect_identical(texts_to_sequences(tokenizer, texts), want)
  expect_identical(texts_to_sequences(tokenizer, each_of(texts)), want)
  expect_identical(texts_to_sequences(tokenizer, factor(c("two", "one"))),
                   list(2L, 1L))
  expect_identical(texts_to_sequences(tokenizer, character()), list())
  expect_identical(fit(texts)$word_counts, list(one = 2L, two = 4L))
  expect_identical(fit(each_of(texts))$word_counts, fit(texts)$word_counts)
  expect_identical(fit(list())$document_count, 0L)
  give <- texts_to_sequences_generator(tokenizer, texts)
  for (one in want) expect_identical(give(), one)
  expect_null(give())
  words <- list(c("Ab c", "d"))
  chars <- text_tokenizer(char_level = TRUE, lower = FALSE)
  expect_identical(fit_text_tokenizer(chars, c("Ab", "b"))$word_index,
                   list(b = 1L, A = 2L))
  expect_identical(fit(words)$word_index, list("ab c" = 1L, d = 2L))
})

test_that("sequences of numbers can be learned, and go back to texts", {
  tokenizer <- text_tokenizer(num_words = 4)
  fit_text_tokenizer(tokenizer, list(c(1, 2, 1), 3, integer()))
  expect_identical(tokenizer$document_count, 3L)
  expect_identical(tokenizer$index_docs, list("1" = 1L, "2" = 1L, "3" = 1L))
  got <- tokenizer$sequences_to_matrix(list(c(1, 1), 3), "tfidf")
  expect_equal(got[1, ], c(0, (1 + log(2)) * log(1 + 3 / 2), 0, 0))
  expect_equal(tokenizer$sequences_to_matrix(list(c(1, 5, 1, 2)), "freq"),
               matrix(c(0, 0.5, 0.25, 0), 1))
  fit_text_tokenizer(tokenizer, "a b a c d")
  back <- tokenizer$sequences_to_texts(list(c(2, 1, 4, 9, 0), integer()))
  expect_identical(back, c("b a", ""))
  tokenizer$oov_token <- "?"
  expect_identical(tokenizer$sequences_to_texts(list(c(2, 4, 9))), "b ? ?")
})

test_that("words beyond ASCII are found again, in any encoding", {
  skip_if_not(l10n_info()[["UTF-8"]], "tolower() knows ASCII only")
  tokenizer <- text_tokenizer() %>%
    fit_text_tokenizer("\u00c9cole \u4f60\u597d \u00e9cole")
  expect_identical(names(tokenizer$word_index),
                   c("\u00e9cole", "\u4f60\u597d"))
  latin1 <- iconv("\u00e9COLE", "UTF-8", "latin1")
  expect_identical(texts_to_sequences(tokenizer, latin1), list(1L))
})
