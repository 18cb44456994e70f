test_that("words are split as in tf.keras", {
  cases <- reference_cases("text")
  for (case in cases[startsWith(names(cases), "text_to_word_sequence")]) {
    expect_identical(
      do.call(text_to_word_sequence, c(list(case$text), case$args)),
      as.character(unlist(case$value)), info = case$id
    )
  }
})

test_that("words are hashed as in tf.keras", {
  cases <- reference_cases("text")
  for (case in cases[startsWith(names(cases), "text_hashing_trick")]) {
    expect_identical(
      do.call(text_hashing_trick, c(list(case$text), case$args)),
      unlist(case$value), info = case$id
    )
  }
})

test_that("a filtered character counts as the separator, however long", {
  expect_identical(text_to_word_sequence("a,b", filters = ",", split = ", "),
                   c("a", "b"))
  expect_identical(text_to_word_sequence("a,b--c!d", "!-,", split = "--"),
                   c("a", "b", "c", "d"))
  expect_identical(text_to_word_sequence("a b", filters = " ab"), character())
  expect_identical(text_to_word_sequence("", NULL), character())
})

test_that("words beyond ASCII keep their letters", {
  skip_if_not(l10n_info()[["UTF-8"]], "tolower() knows ASCII only")
  text <- "\u00c9t\u00e9 \u2013 \u4f60\u597d, stra\u00dfe\u2026"
  want <- c("\u00e9t\u00e9", "\u2013", "\u4f60\u597d", "stra\u00dfe\u2026")
  expect_identical(text_to_word_sequence(text), want)
  expect_identical(
    text_to_word_sequence(text, filters = "\u2013\u2026,"),
    c("\u00e9t\u00e9", "\u4f60\u597d", "stra\u00dfe")
  )
  latin1 <- iconv("caf\u00e9", "UTF-8", "latin1")
  expect_identical(text_hashing_trick(latin1, 1000),
                   text_hashing_trick("caf\u00e9", 1000))
  # md5 of the UTF-8 bytes of caf\u00e9 is 07117fe4a1ebd544965dc19573183da2.
  expect_identical(text_hashing_trick("caf\u00e9", 17), 0xa2L %% 16L + 1L)
})

test_that("hashes may be a function's", {
  expect_identical(text_hashing_trick("a bb ccc", 3, nchar), c(2L, 1L, 2L))
  expect_identical(text_hashing_trick("...", 3), integer())
  expect_identical(text_one_hot("the cat", 50),
                   text_hashing_trick("the cat", 50, "md5"))
  expect_identical(text_one_hot(n = 50, text = "the cat"),
                   text_one_hot("the cat", 50))
  many <- text_one_hot(paste(1:500, collapse = " "), 8)
  expect_setequal(many, 1:7)
})

test_that("what is no text is refused", {
  expect_snapshot(error = TRUE, {
    text_to_word_sequence(c("a", "b"))
    text_to_word_sequence(NA_character_)
    text_to_word_sequence("a b", split = "")
    text_to_word_sequence("a b", lower = NA)
    text_one_hot("a", n = 1)
    text_hashing_trick("a", 5, "sha")
    text_hashing_trick("a", 5, function(w) 0.5)
  })
})
