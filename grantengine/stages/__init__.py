"""Pure steps from evaluated columns to what each case gets."""
