# An R6 object, an environment or a list that is a cell by what it has: `call`
# and `state_size`. Weights are the k_variable()s and layers among its members
# and in the environment of its `call`.
ForeignCell <- R6Class(
  "ForeignCell", inherit = KerasLayer, lock_objects = FALSE,
  public = list(
    object = NULL,
    initialize = function(object, ...) {
      layer_initialize(self, list(...))
      foreign_initialize(self, object)
    },
    build = function(input_shape) foreign_build(self, input_shape),
    call = function(inputs, states, ...) {
      self$object[["call"]](inputs, states, ...)
    },
    get_config = function() foreign_config(self)
  ),
  active = list(
    state_size = function() self$object[["state_size"]],
    output_size = function() self$object[["output_size"]]
  )
)

new_foreign_cell <- function(object) {
  for (part in c("call", "state_size")) {
    if (is.null(object[[part]])) {
      cell <- list(name = class(object)[[1L]])
      if (part == "state_size") stop_no_state_size(cell)
      stop_not_cell(object)
    }
  }
  new_layer(ForeignCell, list(object = object)) |> unwrap_layer()
}

foreign_initialize <- function(self, object) {
  object <- carry(object)
  assign("object", object, envir = self)
  assign(".call_names", names(formals(object[["call"]])), envir = self)
  initial <- object[["get_initial_state"]]
  if (is.function(initial)) {
    assign(".initial_names", names(formals(initial)), envir = self)
    assign("get_initial_state", function(...) {
      self$object[["get_initial_state"]](...)
    }, envir = self)
  }
  foreign_track(self)
}

foreign_build <- function(self, input_shape) {
  build <- self$object[["build"]]
  if (is.function(build)) {
    build(input_shape)
  }
  foreign_track(self)
}

# Members of the object that are or hold weights, in the order of a list or in
# alphabetical order of an environment.
foreign_track <- function(self) {
  object <- self$object
  members <- if (is.environment(object)) as.list(object, sorted = TRUE) else
    object
  if (is.environment(object)) members <- members[order(names(members))]
  home <- environment(object[["call"]])
  local <- if (!is.null(home) && !isNamespace(home) &&
                 !identical(home, globalenv()) &&
                 !is.environment(object)) {
    as.list(home, sorted = TRUE)
  }
  parts <- unname(Filter(is_trackable, c(members, local)))
  if (length(parts)) self$parts <- parts
}

foreign_config <- function(self) {
  structure(
    list(name = self$name, trainable = self$.trainable, dtype = self$dtype,
         object = self$object),
    layer_class = "ForeignCell"
  )
}

# Whether a config holds an object that has its weights already.
holds_object <- function(config) {
  if (identical(attr(config, "layer_class"), "ForeignCell")) return(TRUE)
  if (!is.list(config) || is.object(config)) return(FALSE)
  for (e in config) if (holds_object(e)) return(TRUE)
  FALSE
}
