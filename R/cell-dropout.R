# Dropout in cells. The masks of a sequence are drawn once, before its first
# step, and used at every step.
dropout_begin <- function(self, batch, training) {
  assign(".masks", dropout_draw(self, batch, training), envir = self)
}

# list(for inputs (batch, features), for the state (batch, units)), scaled by
# 1 / (1 - rate); NULL where nothing is dropped. A cell with `.mask_gates` has
# one mask per gate, on a third axis.
dropout_draw <- function(self, batch, training) {
  if (!training || probing()) return(list(NULL, NULL))
  gates <- .subset2(self, ".mask_gates")
  list(dropout_mask(.subset2(self, "dropout"),
                    c(batch, .subset2(self, ".features"), gates)),
       dropout_mask(.subset2(self, "recurrent_dropout"),
                    c(batch, .subset2(self, "units"), gates)))
}

dropout_mask <- function(rate, sizes) {
  if (is.null(rate) || rate == 0) return(NULL)
  draw_dropout(rate, sizes)
}

# The masks of the sequence, or new ones for a cell that is called by itself.
dropout_masks <- function(self, inputs, training) {
  self$.masks %||%
    dropout_draw(self, dims(value_of(inputs))[[1L]], is_training(training))
}

# x W for all gates, (batch, gates * units). `mask` is NULL, one mask for all
# gates, or one mask per gate.
gate_product <- function(x, kernel, mask, gates) {
  if (is.null(mask)) return(x %*% kernel)
  if (length(dim(mask)) == 2L) return((x * mask) %*% kernel)
  kernels <- op_split(kernel, gates, axis = 2)
  products <- lapply(seq_len(gates), function(g) {
    (x * mask_of_gate(mask, g)) %*% kernels[[g]]
  })
  op_concatenate(products, axis = 2)
}

mask_of_gate <- function(mask, gate) array(mask[, , gate], dim(mask)[1:2])
