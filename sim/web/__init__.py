"""The what-if page: sliders in the browser, answered by this machine alone."""
