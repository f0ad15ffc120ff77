-- step: squeeze
vacuum;
