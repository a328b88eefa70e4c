UPDATE printers SET former_works = '{"unique_id": "XX1"}' WHERE name = 'line-a';
