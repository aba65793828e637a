namespace UsageCapture.Tests;

public sealed class UsageFieldTests
{
    [Fact]
    public void Equals_OfFields_ComparesTheFieldsTheyWereAddedToAndTheirOrder()
    {
        var fields = new UsageFields();
        UsageField[] all = [default, fields.Add("a"), fields.Add("b"), new UsageFields().Add("a"), new UsageFields().Add("a")];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < all.Length; j++)
            {
                Assert.Equal(i == j, all[i].Equals(all[j]));
                Assert.Equal(i == j, all[i].Equals((object)all[j]));
                Assert.Equal(i == j, all[i] == all[j]);
                Assert.Equal(i != j, all[i] != all[j]);
                Assert.Equal(i == j, all[i].GetHashCode() == all[j].GetHashCode());
            }
        }

        Assert.False(all[1].Equals("a"));
        Assert.False(all[1].Equals(null));
    }
}
