# Models of the tests: small, with numbers that all differ.
small_sequential <- function(...) {
  keras_model_sequential(name = "small") %>%
    layer_simple_rnn(units = 4, input_shape = list(NULL, 3), name = "rnn") %>%
    layer_dense(units = 2, name = "head", ...)
}

random_array <- function(...) array(rnorm(prod(...)), c(...))

# Two inputs, a state handed on, R arithmetic, two outputs with names.
small_graph <- function() {
  a <- layer_input(list(4, 2), name = "a")
  b <- layer_input(list(NULL, 3), name = "b")
  encoder <- layer_simple_rnn(units = 3, return_state = TRUE, name = "encoder")
  decoder <- layer_simple_rnn(units = 3, return_sequences = TRUE,
                              name = "decoder")
  coded <- encoder(a)
  decoded <- decoder(b, initial_state = coded[[2]])
  steps <- layer_dense(decoded, units = 1, name = "steps")
  total <- op_sum(decoded, axis = 2) * 2 - coded[[1]] / matrix(c(1, 3, 5), 1)
  keras_model(list(a = a, b = b), list(steps = steps, total = total),
              name = "graph")
}

small_graph_data <- function(n = 2) {
  list(a = array(rnorm(n * 8), c(n, 4, 2)),
       b = array(rnorm(n * 15), c(n, 5, 3)))
}

# The same weights in a model of the same layers.
with_weights_of <- function(copy, model) {
  set_weights(copy, get_weights(model))
  copy
}
