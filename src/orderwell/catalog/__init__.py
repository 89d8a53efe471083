"""What can be sold: SKUs, barcodes, pack units, prices, tax. Promises exact ratios and prices as they were set."""
