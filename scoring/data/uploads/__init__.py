"""Bodies of batches: spooled to disk as they arrive, read in a child with limits, handed back as a result file.

The rule: no byte of a body is parsed in the service's own process, and what the child may use is bounded before it
looks at the first one: memory, processor time, time in all, size of the result. What the child imports (`json_rows`,
`csv_rows`, `parquet_rows`, `cells`, `limits`) imports none of the rest of the product, so that a child costs little.
"""
