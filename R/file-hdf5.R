# What an HDF5 file holds, as nested lists:
#   a group: list(attrs = named list of values, members = named list)
#   data: list(attrs, shape, dtype, type, at, bytes), values by h5_array().
# Axes are in Keras' order.

read_h5 <- function(path, name = path) {
  if (!is_hdf5(path)) stop_not_h5(path, name)
  h <- h5_bytes(path, name)
  list(bytes = h, root = h5_object(h, h5_root(h), "/", 0L))
}

stop_not_h5 <- function(path, name) {
  stop_value(
    sprintf("The file \"%s\" is not an HDF5 file: it %s.", basename(name),
            h5_looks_like(path)),
    i = "Give a file that Keras or this package wrote with the ending \".h5\"."
  )
}

h5_looks_like <- function(path) {
  bytes <- readBin(path, "raw", 8L)
  begins <- function(...) {
    first <- as.raw(c(...))
    identical(bytes[seq_along(first)], first)
  }
  if (!length(bytes)) return("is empty")
  if (begins(0x50, 0x4b)) return("is a zip archive, as \".keras\" files are")
  if (begins(0x80)) return("looks like a pickle of Python")
  if (is_compressed(path)) return("is compressed, as \".rds\" files are")
  "begins with other bytes"
}

h5_object <- function(h, at, path, depth) {
  if (is.na(at)) stop_h5_damaged(h, sprintf("\"%s\" is nowhere.", path))
  if (depth > 100L) stop_h5_damaged(h, "Its groups are nested too deep.")
  messages <- h5_messages(h, at)
  h5_once(h, at)
  attrs <- lapply(messages_of(messages, 12), h5_attribute, h = h)
  names(attrs) <- vapply(attrs, function(a) a$name, "")
  group <- messages_of(messages, 17)
  if (length(group)) {
    members <- h5_members(h, group[[1L]])
    names(members) <- vapply(members, function(m) m$name, "")
    return(list(attrs = attrs, members = lapply(members, function(m) {
      h5_object(h, m$at, paste0(sub("/$", "", path), "/", m$name), depth + 1L)
    })))
  }
  c(list(attrs = attrs), h5_data(h, messages, path))
}

h5_data <- function(h, messages, path) {
  one <- function(type, what) {
    found <- messages_of(messages, type)
    if (length(found)) return(found[[1L]])
    if (length(messages_of(messages, 2)) || length(messages_of(messages, 6))) {
      stop_h5_unknown(h, "groups of the newer format")
    }
    stop_h5_damaged(h, sprintf("\"%s\" has no %s.", path, what))
  }
  space <- h5_space(h, one(1, "shape")$at)
  message <- one(3, "type")
  type <- h5_type(h, message$at, message$size)
  layout <- one(8, "place")
  if (h5_number(h, layout$at, 1L) != 3) {
    stop_h5_unknown(h, sprintf("\"%s\" in another layout", path))
  }
  class <- h5_number(h, layout$at + 1, 1L)
  if (class > 1 || length(messages_of(messages, 11))) {
    stop_h5_unknown(h, sprintf("\"%s\" in pieces or compressed", path))
  }
  at <- if (class == 0) layout$at + 4 else h5_address(h, layout$at + 2)
  size <- h5_number(h, layout$at + if (class == 0) 2 else 10,
                    if (class == 0) 2L else 8L)
  list(shape = space, type = type, dtype = type$dtype, path = path,
       at = h5_data_place(h, path, at, size, space, type))
}

# NA where a dataset was never written: its values are zeros.
h5_data_place <- function(h, path, at, size, space, type) {
  want <- if (is.null(space)) 0 else prod(space) * type$size
  if (!is.na(at) && size < want) {
    stop_h5_damaged(h, sprintf("\"%s\" has %.0f bytes of %.0f.", path, size,
                               want))
  }
  if (!is.na(at)) h5_raw(h, at, if (want > 0) 1 else 0)
  if (!is.na(at) && at + want > length(h$bytes)) {
    stop_h5_damaged(h, sprintf("\"%s\" passes the end of the file.", path))
  }
  at
}

is_h5_group <- function(node) !is.null(node$members)

# The values as an array in Keras' order of axes; a scalar has no dim.
h5_array <- function(file, node) {
  n <- if (is.null(node$shape)) 0 else prod(node$shape)
  values <- if (is.na(node$at)) double(n) else if (node$dtype == "opaque") {
    h5_opaque(file$bytes, node, n)
  } else {
    h5_values(file$bytes, node$type, node$at, n)
  }
  rank <- length(node$shape)
  if (is.null(node$shape) || !rank) return(values)
  if (rank == 1L) return(array(values, node$shape))
  aperm(array(values, rev(node$shape)), rev(seq_len(rank)))
}

h5_opaque <- function(h, node, n) {
  if (node$type$size != 2) {
    stop_h5_unknown(h, sprintf("data that is neither numbers nor text in \
\"%s\"" |> join_lines(), node$path))
  }
  brain_floats(h5_raw(h, node$at, n * 2))
}

# A member by its path; NULL where there is none.
h5_find <- function(node, path) {
  for (name in strsplit(path, "/", fixed = TRUE)[[1L]]) {
    if (!nzchar(name)) next
    node <- node$members[[name]]
    if (is.null(node)) return(NULL)
  }
  node
}

# An attribute's values; long ones stand in parts "name0", "name1", ...
h5_attr <- function(node, name) {
  if (!is.null(node$attrs[[name]])) return(node$attrs[[name]]$value)
  parts <- list()
  while (!is.null(a <- node$attrs[[paste0(name, length(parts))]])) {
    parts <- c(parts, list(a$value))
  }
  do.call(c, parts)
}
