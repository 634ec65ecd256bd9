"""What a person may type, with labels and rules in the municipality's words. Forms do not save; actions do."""
