# An R6 object, an environment or a list that is a cell by what it has: `call`
# and `state_size`. Weights are the k_variable()s and layers among its members
# and in the environment of its `call`.
ForeignCell <- keras_class(
  "ForeignCell", inherit = KerasLayer,
  public = list(
    object = NULL,
    initialize = function(object, ...) {
      layer_initialize(self, list(..., name = foreign_name(object)))
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
    if (!is.null(object[[part]])) next
    cell <- list(name = foreign_name(object) %||% class(object)[[1L]])
    if (part == "state_size") stop_no_state_size(cell)
    stop_no_call(cell)
  }
  new_layer(ForeignCell, list(object = object)) |> unwrap_layer()
}

foreign_name <- function(object) {
  name <- object[["name"]]
  if (is.character(name) && length(name) == 1L) name
}

stop_no_call <- function(cell) {
  stop_value(
    sprintf("The cell \"%s\" has no method `call`.", cell$name),
    i = "Give it `call = function(inputs, states)` that computes one step and \
gives `list(output, new_states)`."
  )
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
  assign("object", carry(self$object), envir = self)
  foreign_track(self)
}

# What is or holds weights: members of the object, in the order of a list or
# in alphabetical order of an environment, then variables that its functions
# use from where they were made.
foreign_track <- function(self) {
  object <- self$object
  members <- if (!is.environment(object)) object else
    c(members_of(object), if (inherits(object, "R6")) private_members(object))
  parts <- unname(Filter(is_trackable, c(members, used_variables(members))))
  if (length(parts)) self$parts <- parts
}

private_members <- function(object) {
  private <- object$.__enclos_env__$private
  if (is.environment(private)) members_of(private)
}

# Variables outside functions that these use, also through other functions.
used_variables <- function(values) {
  seen <- list()
  found <- list()
  visit <- function(f) {
    known <- any(vapply(seen, identical, NA, f))
    home <- if (is.function(f)) environment(f)
    if (is.null(home) || inherits(f, "recurrent_layer") || known ||
          is_package_env(home)) {
      return(invisible())
    }
    seen <<- c(seen, list(f))
    names <- free_names(f)
    for (name in setdiff(c(names$values, names$calls), names(found))) {
      place <- holder_of(name, home, "any")
      if (is.null(place)) next
      found[name] <<- list(value_in(name, place))
      visit(found[[name]])
    }
  }
  for (v in values) visit(v)
  found
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
