"""Case tables and the engines that compute rules over them."""
