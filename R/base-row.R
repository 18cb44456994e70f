# Every op is one row: what it computes, and how gradients return.
#
# forward(values..., attrs...) gives an array, or a list of arrays if `several`;
# backward(g, y, values..., attrs...) gives one gradient (or NULL) per value.
# A row that `needs` also gets `need`, a logical per value, to skip work.
# Values are plain arrays, attrs plain R objects. backward NULL: nothing flows.
# Some rows C runs too, by the same rules (`native`: its number for them, or 0).
# (On the base floor, so that files of every floor can make rows while loading.)
op_row <- function(name, forward, backward = NULL, several = FALSE,
                   needs = FALSE) {
  list(name = name, forward = forward, backward = backward,
       several = several, needs = needs,
       native = match(name, rows_in_c, 0L))
}

# In the order of C's enum op_kind.
rows_in_c <- c("add", "subtract", "multiply", "divide", "matmul",
               "squared_loss", "absolute_loss", "negative", "tanh", "sigmoid",
               "relu", "affine", "rnn")
