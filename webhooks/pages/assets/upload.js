// Nothing here is needed: without it the form is sent as it is.
