"""What can be read across many cooperatives of the registry: status by rule, freshness, the list."""
