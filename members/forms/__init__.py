"""What is typed about members, a room for each subject. Forms read and explain; they never write."""
